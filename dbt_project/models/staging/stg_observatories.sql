with

final as (

    {{ landing('observatories') }}

)

select * from final

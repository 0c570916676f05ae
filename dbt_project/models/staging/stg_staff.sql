with

final as (

    {{ landing('staff') }}

)

select * from final

with

final as (

    {{ landing('pilots') }}

)

select * from final

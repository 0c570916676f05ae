with

final as (

    {{ landing('city_makers') }}

)

select * from final

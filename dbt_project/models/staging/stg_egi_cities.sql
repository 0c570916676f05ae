with

final as (

    {{ landing('egi_cities') }}

)

select * from final

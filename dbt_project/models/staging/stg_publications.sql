with

final as (

    {{ landing('publications') }}

)

select * from final

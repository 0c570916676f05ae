with

final as (

    {{ landing('drawings') }}

)

select * from final

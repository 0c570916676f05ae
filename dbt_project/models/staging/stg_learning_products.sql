with

final as (

    {{ landing('learning_products') }}

)

select * from final

with

final as (

    {{ landing('form_responses') }}

)

select * from final

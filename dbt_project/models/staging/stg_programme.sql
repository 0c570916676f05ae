with

final as (

    {{ landing('programme') }}

)

select * from final

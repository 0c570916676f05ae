with

final as (

    {{ landing('known_differences') }}

)

select * from final

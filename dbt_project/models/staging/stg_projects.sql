with

final as (

    {{ landing('projects') }}

)

select * from final

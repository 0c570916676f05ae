with

final as (

    {{ landing('speakers') }}

)

select * from final

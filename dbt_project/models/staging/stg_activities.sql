with

final as (

    {{ landing('activities') }}

)

select * from final

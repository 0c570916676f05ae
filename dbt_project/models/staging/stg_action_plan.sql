with

final as (

    {{ landing('action_plan') }}

)

select * from final

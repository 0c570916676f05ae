with

final as (

    {{ landing('teams_participants') }}

)

select * from final

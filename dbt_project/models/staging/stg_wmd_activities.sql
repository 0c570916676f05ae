with

final as (

    {{ landing('wmd_activities') }}

)

select * from final

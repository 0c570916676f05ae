with

final as (

    {{ landing('gender_actions') }}

)

select * from final

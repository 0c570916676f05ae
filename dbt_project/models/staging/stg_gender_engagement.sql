with

final as (

    {{ landing('gender_engagement') }}

)

select * from final

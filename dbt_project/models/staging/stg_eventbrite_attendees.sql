with

final as (

    {{ landing('eventbrite_attendees') }}

)

select * from final

with

final as (

    {{ landing('zoom_attendees') }}

)

select * from final

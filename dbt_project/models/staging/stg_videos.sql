with

final as (

    {{ landing('videos') }}

)

select * from final

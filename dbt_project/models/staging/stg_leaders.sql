with

final as (

    {{ landing('leaders') }}

)

select * from final

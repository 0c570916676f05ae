with

final as (

    {{ landing('meetings') }}

)

select * from final

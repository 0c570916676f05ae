with

final as (

    {{ landing('agreements') }}

)

select * from final

with

final as (

    {{ landing('news') }}

)

select * from final

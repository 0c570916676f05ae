with

final as (

    {{ landing('indicators') }}

)

select * from final

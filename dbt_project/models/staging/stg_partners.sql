with

final as (

    {{ landing('partners') }}

)

select * from final

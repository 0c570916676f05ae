with

final as (

    {{ landing('campaigns') }}

)

select * from final

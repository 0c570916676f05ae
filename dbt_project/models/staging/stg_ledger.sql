with

final as (

    {{ landing('ledger') }}

)

select * from final

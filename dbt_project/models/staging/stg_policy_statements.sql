with

final as (

    {{ landing('policy_statements') }}

)

select * from final

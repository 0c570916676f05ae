with

final as (

    {{ landing('restatements') }}

)

select * from final

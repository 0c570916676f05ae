with

final as (

    {{ landing('cases') }}

)

select * from final

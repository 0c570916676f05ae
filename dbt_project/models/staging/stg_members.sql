with

final as (

    {{ landing('members') }}

)

select * from final

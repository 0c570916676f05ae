with

final as (

    {{ landing('member_names') }}

)

select * from final

with

final as (

    {{ landing('initiatives') }}

)

select * from final

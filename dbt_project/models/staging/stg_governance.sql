with

final as (

    {{ landing('governance') }}

)

select * from final

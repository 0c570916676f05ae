with

final as (

    {{ landing('released_cells') }}

)

select * from final

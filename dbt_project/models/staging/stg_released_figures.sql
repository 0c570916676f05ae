with

final as (

    {{ landing('released_figures') }}

)

select * from final

with

final as (

    {{ landing('published_figures') }}

)

select * from final

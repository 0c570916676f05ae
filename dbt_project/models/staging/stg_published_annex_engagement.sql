with

final as (

    {{ landing('published_annex_engagement') }}

)

select * from final

with

final as (

    {{ landing('published_annex_activity') }}

)

select * from final

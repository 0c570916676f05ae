with

final as (

    {{ landing('publications_mentions') }}

)

select * from final

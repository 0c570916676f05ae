with

final as (

    {{ landing('news_members') }}

)

select * from final

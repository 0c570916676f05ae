with

news as (

    select * from {{ ref('int_news_mentions') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        news.url,
        news.member_id,

        -- text
        news.title,
        members.name as member,

        -- dates
        news.published_on,

        -- origin
        news.source_file,
        news.source_line
    from news
    inner join members
        on news.member_id = members.member_id

)

select * from final

with

news as (

    select * from {{ ref('stg_news') }}

),

mentions as (

    select * from {{ ref('stg_news_members') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

-- An item is its address, however often it is listed.
final as (

    select
        news.url,
        resolution.member_id,
        min(news.title) as title,
        min(news.published_on) as published_on,
        min(news.source_file) as source_file,
        min(news.source_line) as source_line
    from news
    inner join mentions
        on
            news.source_file = mentions.source_file
            and news.source_line = mentions.source_line
    inner join resolution
        on
            mentions.place_key = resolution.place_key
            and resolution.country_key = ''
    where
        {{ in_year('news.published_on') }}
        and resolution.member_id is not null
    group by news.url, resolution.member_id

)

select * from final

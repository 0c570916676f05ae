with

members as (

    select * from {{ ref('int_members') }}

),

news_mentions as (

    select * from {{ ref('int_news_mentions') }}

),

publications as (

    select * from {{ ref('int_publications') }}

),

publication_mentions as (

    select * from {{ ref('int_publication_mentions') }}

),

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

news_by_member as (

    select
        member_id,
        count(*) as news
    from news_mentions
    group by member_id

),

publications_by_member as (

    select
        member_id,
        count(*) as publications
    from publications
    where is_of_year
    group by member_id

),

mentions_by_member as (

    select
        member_id,
        count(*) as mentions
    from publication_mentions
    group by member_id

),

uploads_by_member as (

    select
        member_id,
        count(*) filter (where engagement = 'use_case') as use_cases,
        count(*) filter (where engagement = 'c4gh_initiative') as c4gh_initiatives
    from engagements
    group by member_id

),

final as (

    select
        cast(row_number() over (order by members.name_key, members.member_id) as bigint) as report_order,
        members.member_id,
        members.name as member,
        members.is_new,
        coalesce(news_by_member.news, 0) as news,
        coalesce(publications_by_member.publications, 0) as publications,
        coalesce(mentions_by_member.mentions, 0) as mentions,
        coalesce(uploads_by_member.use_cases, 0) as use_cases,
        coalesce(uploads_by_member.c4gh_initiatives, 0) as c4gh_initiatives
    from members
    left join news_by_member on members.member_id = news_by_member.member_id
    left join publications_by_member on members.member_id = publications_by_member.member_id
    left join mentions_by_member on members.member_id = mentions_by_member.member_id
    left join uploads_by_member on members.member_id = uploads_by_member.member_id
    where members.is_member

)

select * from final

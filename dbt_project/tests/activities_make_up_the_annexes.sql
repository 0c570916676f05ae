{{ config(meta={'dagster': {'ref': {'name': 'annex_cells'}}}) }}

{#-
  What is listed of a member makes up its annex cells. One row a cell that is at odds with the list. A paid fee has
  entries, but entries are no paid fee.
-#}
with

cells as (

    select * from {{ ref('annex_cells') }}

),

activities as (

    select * from {{ ref('member_activities') }}

),

listed as (

    select
        member_id,
        topic,
        cast(count(*) as {{ dbt.type_string() }}) as listed_count,
        bool_or(detail = 'L') as leads,
        bool_or(detail = 'P') as partners
    from activities
    group by
        member_id,
        topic

),

engaged as (

    select distinct member_id
    from activities
    where is_engagement

),

compared as (

    select
        cells.annex,
        cells.member_id,
        cells.column_name,
        cells.value,
        case
            when cells.column_name = 'activated' and engaged.member_id is null then 'false'
            when cells.column_name = 'activated' then 'true'
            when cells.column_name = 'pilot' and listed.leads and listed.partners then 'L&P'
            when cells.column_name = 'pilot' and listed.leads then 'L'
            when cells.column_name = 'pilot' and listed.partners then 'P'
            when cells.column_name = 'pilot' then ''
            when cells.column_name = 'fee_paid' and cells.value = 'true' and listed.topic is not null then 'true'
            when cells.column_name = 'fee_paid' then 'false'
            when cells.column_name in ('board', 'annual_meeting', 'indicators', 'wmd_organiser')
                then case when listed.topic is null then 'false' else 'true' end
            else coalesce(listed.listed_count, '0')
        end as listed_value
    from cells
    left join listed
        on
            cells.member_id = listed.member_id
            and cells.column_name = listed.topic
    left join engaged on cells.member_id = engaged.member_id
    where cells.column_name <> 'is_new'

),

final as (

    select
        annex,
        member_id,
        column_name,
        value,
        listed_value
    from compared
    where value <> listed_value

)

select * from final

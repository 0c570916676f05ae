with

wmd_activities as (

    select * from {{ ref('int_wmd_activities') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        wmd_activities.member_id,

        -- text
        wmd_activities.activity,
        wmd_activities.organiser,
        members.name as member,

        -- booleans
        wmd_activities.is_of_year,

        -- dates
        wmd_activities.held_on,

        -- origin
        wmd_activities.source_file,
        wmd_activities.source_line
    from wmd_activities
    left join members
        on wmd_activities.member_id = members.member_id

)

select * from final

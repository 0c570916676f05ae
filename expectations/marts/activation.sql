-- One row a member of the annex: whether it is activated, and by which other cells of the annex it has to be. A
-- congress activates only where each congress of the year is an event of Metropolis or a learning activity.
with

congresses as (

    select coalesce(bool_and(is_metropolis_event or is_learning), false) as activate
    from events
    where kind = 'congress'

),

final as (

    select
        engagement.member_id,
        engagement.member,
        cast(engagement.activated as integer) as is_activated,
        cast(engagement.capacity_building > 0 as integer) as has_learned,
        cast(coalesce(activity.use_cases, 0) > 0 as integer) as has_use_case,
        cast(coalesce(activity.c4gh_initiatives, 0) > 0 as integer) as has_initiative,
        cast(coalesce(engagement.pilot, '') <> '' as integer) as has_pilot,
        cast(engagement.board as integer) as was_at_board,
        cast(engagement.bilateral > 0 as integer) as was_at_bilateral,
        cast(engagement.wmd_organiser as integer) as has_organised,
        cast(engagement.annual_meeting and congresses.activate as integer) as was_at_congress
    from annex_engagement as engagement
    cross join congresses
    left join annex_activity as activity
        on engagement.member_id = activity.member_id

)

select * from final
order by member_id

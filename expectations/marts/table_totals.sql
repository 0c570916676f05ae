-- One row a figure that a table of events, cases, initiatives or publications adds up to.
with

closing_day as (

    select make_date(getvariable('report_year'), 12, 31) as closing_day

),

of_events as (

    select
        coalesce(sum(people_attended) filter (where is_metropolis_event), 0) as participants,
        count(*) filter (where is_metropolis_event) as metropolis_events,
        count(*) filter (where is_metropolis_event and has_gender_perspective) as metropolis_events_gender,
        count(*) filter (where organiser_role = 'participated' and scope = 'global') as global_events,
        count(*) filter (where kind = 'board_meeting') as board_meetings
    from events

),

of_practices as (

    select count(*) as use_practices
    from practices
    cross join closing_day
    where
        practices.status = 'published'
        and practices.published_on <= closing_day.closing_day

),

of_initiatives as (

    select
        count(*) as c4gh_initiatives,
        count(distinct initiatives.place_id) as c4gh_cities
    from initiatives
    cross join closing_day
    where
        initiatives.status = 'published'
        and initiatives.uploaded_on <= closing_day.closing_day

),

of_publications as (

    select
        count(*) as publications,
        count(*) filter (where has_gender_perspective) as publications_gender
    from publications
    where
        origin = 'metropolis'
        and is_of_year

),

totals as (

    select
        of_events.*,
        of_practices.*,
        of_initiatives.*,
        of_publications.*
    from of_events
    cross join of_practices
    cross join of_initiatives
    cross join of_publications

),

named as (

    unpivot (select columns(*)::bigint from totals)
    on columns(*) into name figure_id value table_total

),

final as (

    select
        named.figure_id,
        named.table_total,
        figures.value as figure_value
    from named
    left join figures
        on named.figure_id = figures.figure_id

)

select * from final
order by figure_id

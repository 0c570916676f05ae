-- One row a figure that the annex of engagement adds up to.
with

totals as (

    select
        count(*) as members_total,
        count(*) filter (where is_new) as members_new,
        count(*) filter (where activated) as members_activated,
        count(*) filter (where fee_paid) as members_fee_paid,
        count(*) filter (where board) as members_at_board,
        count(*) filter (where annual_meeting) as members_at_congress,
        coalesce(sum(bilateral), 0) as bilateral_meetings,
        count(*) filter (where wmd_organiser) as members_wmd_organisers,
        count(*) filter (where indicators) as members_benchmarked,
        count(*) filter (where pilot <> '') as members_in_pilots,
        count(*) filter (where capacity_building > 0) as members_in_learning
    from annex_engagement

),

named as (

    unpivot (select columns(*)::bigint from totals)
    on columns(*) into name figure_id value annex_total

),

final as (

    select
        named.figure_id,
        named.annex_total,
        figures.value as figure_value
    from named
    left join figures
        on named.figure_id = figures.figure_id

)

select * from final
order by figure_id

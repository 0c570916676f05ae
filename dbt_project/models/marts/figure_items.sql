with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

evidence as (

    select * from {{ ref('figure_evidence') }}

),

members as (

    select * from {{ ref('int_members') }}

),

-- Several rows may stand behind one unit, of which the first is shown. Who and where is said if all of them agree.
units as (

    select
        figure_id,
        part,
        unit_key,
        item_key,
        unit_label,
        dated_on,
        max(amount) over (partition by figure_id, part, unit_key) as amount,
        min(coalesce(member_id, '')) over (partition by figure_id, part, unit_key) as first_member,
        max(coalesce(member_id, '')) over (partition by figure_id, part, unit_key) as last_member,
        min(coalesce(event_id, '')) over (partition by figure_id, part, unit_key) as first_event,
        max(coalesce(event_id, '')) over (partition by figure_id, part, unit_key) as last_event,
        source_file,
        source_line
    from evidence
    qualify
        row_number() over (
            partition by figure_id, part, unit_key
            order by source_file, source_line
        ) = 1

),

listed as (

    select
        figure_id,
        part,
        unit_key,
        unit_label,
        dated_on,
        amount,
        case when first_member = last_member and first_member <> '' then first_member end as member_id,
        case when first_event = last_event and first_event <> '' then first_event end as event_id,
        source_file,
        source_line
    from units
    where unit_key = item_key

),

-- What is listed together: people, of whom no line is shown, and the entries of a part of a whole.
listed_together as (

    select
        figure_id,
        part,
        item_key as unit_key,
        min(unit_label) as unit_label,
        min(dated_on) as dated_on,
        sum(amount) as amount,
        cast(null as {{ dbt.type_string() }}) as member_id,
        cast(null as {{ dbt.type_string() }}) as event_id,
        min(source_file) as source_file,
        cast(null as bigint) as source_line
    from units
    where unit_key <> item_key
    group by
        figure_id,
        part,
        item_key

),

items as (

    select * from listed

    union all

    select * from listed_together

),

shares as (

    select
        figure_id,
        whole
    from catalogue
    where whole is not null

),

-- What stands once below all shares of a whole is below each of them.
of_figures as (

    select
        coalesce(shares.figure_id, items.figure_id) as figure_id,
        items.part,
        items.unit_key,
        items.unit_label,
        items.dated_on,
        items.amount,
        items.member_id,
        items.event_id,
        items.source_file,
        items.source_line
    from items
    left join shares
        on items.figure_id = shares.whole

),

-- A member is called by the register, and so is what has a member and no name of its own.
final as (

    select
        -- ids
        of_figures.figure_id,
        of_figures.part,
        of_figures.unit_key,
        of_figures.member_id,
        of_figures.event_id,

        -- text
        case
            when of_figures.unit_key = of_figures.member_id then members.name
            else coalesce({{ trimmed("of_figures.unit_label") }}, members.name)
        end as unit_label,

        -- numerics
        cast(of_figures.amount as decimal(18, 2)) as amount,

        -- dates
        of_figures.dated_on,

        -- origin
        of_figures.source_file,
        of_figures.source_line
    from of_figures
    left join members
        on of_figures.member_id = members.member_id

)

select * from final

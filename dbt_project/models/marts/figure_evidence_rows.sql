{{ config(materialized='view') }}

with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

evidence as (

    select * from {{ ref('figure_evidence') }}

),

participants as (

    select * from {{ ref('int_participants') }}

),

-- Which answers each of the figures of people in events counts.
readings as (

    select
        'participants' as figure_id,
        'numerator' as part,
        true as counts_women,
        true as counts_men,
        true as counts_others

    union all

    select
        'participants_women_share' as figure_id,
        'numerator' as part,
        true as counts_women,
        false as counts_men,
        false as counts_others

    union all

    select
        'participants_women_share' as figure_id,
        'denominator' as part,
        true as counts_women,
        true as counts_men,
        false as counts_others

),

-- Evidence that is one number an event stands for the people of the event: here each of them is a row.
people as (

    select
        readings.figure_id,
        readings.part,
        participants.event_id,
        participants.person_key,
        participants.source_file,
        participants.source_line
    from participants
    cross join readings
    where
        case participants.gender
            when 'woman' then readings.counts_women
            when 'man' then readings.counts_men
            else readings.counts_others
        end

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
        coalesce(shares.figure_id, evidence.figure_id) as figure_id,
        evidence.part,
        evidence.unit_key,
        evidence.amount,
        evidence.source_file,
        evidence.source_line,
        evidence.member_id,
        evidence.event_id
    from evidence
    left join shares
        on evidence.figure_id = shares.whole
    where evidence.source_line is not null

),

final as (

    select
        figure_id,
        part,
        unit_key,
        amount,
        source_file,
        source_line,
        member_id,
        event_id
    from of_figures

    union all

    select
        figure_id,
        part,
        concat(event_id, '|', person_key) as unit_key,
        cast(1 as decimal(18, 2)) as amount,
        source_file,
        source_line,
        cast(null as {{ dbt.type_string() }}) as member_id,
        event_id
    from people

)

select * from final
